"""How long what citizens gave is kept, and what that will erase."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
