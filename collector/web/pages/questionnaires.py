"""The questionnaire editor: drafts, their preview, publication, assignment."""

from fastapi import APIRouter

router = APIRouter(include_in_schema=False)
