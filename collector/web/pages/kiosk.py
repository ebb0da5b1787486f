"""One kiosk: its state, its timeline, its commands."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
