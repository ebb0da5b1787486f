"""Institutions, offices, counters and services: seen and changed by admins."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
