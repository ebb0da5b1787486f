"""What could not be accepted, why, and trying it again."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
