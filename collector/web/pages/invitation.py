"""What somebody sees who was invited: choosing the first password."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
