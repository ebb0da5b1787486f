"""Configurations: what differs from what kiosks show, and staged roll-outs."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
