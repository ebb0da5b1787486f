"""Users and roles: inviting, changing, disabling, resetting."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
