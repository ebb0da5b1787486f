"""The fleet: every kiosk, its presence and health."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
