"""The accounting: every vote of every kiosk."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
