"""Why: the reasons for an answer as chips. Nothing on it tells which answer was given."""
# mypy: allow-subclassing-any, disable-error-code="import-untyped"

from dataclasses import replace
from typing import Any

from kivy.properties import ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from broker_config.messages import KioskConfig, Question
from kiosk import visit
from kiosk.letters import longest_em
from kiosk.screens.tiles import LINE_EM, SHRINKS, Grid, grid_for, lines_of
from kiosk.state import State
from kiosk.texts import said, texts
from kiosk.theme import Theme


class Reasons(BoxLayout):
    """Dispatches `on_reason(id)`, `on_done`, `on_skip` and `on_back`."""

    theme = ObjectProperty(Theme(1280, 800), rebind=True)
    title = StringProperty("")
    most = StringProperty("")

    def __init__(self, **kwargs: Any) -> None:
        for name in ("on_reason", "on_done", "on_skip", "on_back"):
            self.register_event_type(name)
        super().__init__(**kwargs)

    def on_reason(self, reason: str) -> None:
        """For others to bind to."""

    def on_done(self) -> None:
        """For others to bind to."""

    def on_skip(self) -> None:
        """For others to bind to."""

    def on_back(self) -> None:
        """For others to bind to."""

    def show(self, config: KioskConfig, state: State, back: bool, theme: Theme) -> None:
        """Label everything for the question and the side of its answer."""
        if state.value is None:
            return
        question, language = visit.question(config, state.asked), state.language
        own = texts(language)
        self.theme, grid = fitted(question, config.languages, theme)
        asks = question.reasons.ask_good if visit.is_good(question, state.value) else question.reasons.ask_bad
        self.title, self.most = said(asks, language) or own.reasons_title, own.reasons_most
        choices = [(one.id, said(one.text, language)) for one in visit.reasons(question, state.value)]
        self.ids.tiles.show(choices, self.theme, grid, checkable=True)
        self.ids.tiles.mark(state.chosen, visit.MOST_REASONS)
        self.ids.back.text, self.ids.skip.text, self.ids.done.text = own.back if back else "", own.skip, own.done


def fitted(question: Question, languages: list[str], plain: Theme) -> tuple[Theme, Grid]:
    """The theme with letters that fit in every language and for both lists, and the grid: it is the same for good and bad."""
    lists = question.reasons
    names = [said(one.text, code) for one in [*lists.good, *lists.bad] for code in languages]
    titles = [said(asks, code) or texts(code).reasons_title for asks in (lists.ask_good, lists.ask_bad) for code in languages]
    count = max(len(lists.good), len(lists.bad))
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        wide = panel.width - 2 * panel.margin
        title = lines_of(titles, wide / panel.question, bold=True)
        text = (title * panel.question + panel.note) * LINE_EM
        high = panel.height - 2 * panel.margin - text - panel.space - panel.gap - panel.foot
        grid = grid_for(names, count, panel, high, (2, 3), checkable=True)
        if title and grid and _foot(languages, panel) <= wide:
            return panel, grid
    return replace(plain, shrink=SHRINKS[-1]), Grid(3, -(-count // 3))


def _foot(languages: list[str], panel: Theme) -> float:
    """The width of Back, Skip and Done with the gaps between them, in the language where they are longest."""
    own = [texts(code) for code in languages]
    words = max(longest_em([one.back]) + longest_em([one.skip]) + 2 * 1.8 for one in own) * panel.note
    return words + max(panel.foot * 3, max(longest_em([one.done]) * 1.08 + 1.8 for one in own) * panel.body) + 3 * panel.gap
