"""The catalogue as CSV files: out, and in again with a preview of what will change."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
