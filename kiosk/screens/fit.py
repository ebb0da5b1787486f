"""The rating screen's letters measured: the shape of its answers, and a theme in which all of its texts have their room."""

from dataclasses import replace

from broker_config.messages import SCALES, KioskConfig, Question
from kiosk.fitting import Shape, shape
from kiosk.letters import longest_em, widest_em
from kiosk.screens.access import is_low
from kiosk.screens.foot import beside_px, foot_high
from kiosk.screens.languages import languages_em
from kiosk.screens.tiles import LINE_EM, lines_of
from kiosk.texts import said, texts
from kiosk.theme import QUESTION, Theme

SPACES_EM = 1.2
LINK_MM = 9.0
SHRINKS = tuple(n / 100 for n in range(100, 25, -2))


def fitted(
    config: KioskConfig, question: Question, plain: Theme, titles: list[str], *, further: bool = False
) -> tuple[Shape, Theme]:
    """The largest letters that leave the answers their room, for all languages at once: changing one moves nothing.

    `titles`: what is asked, in each language. A `further` question has the way on in place of the foot.
    """
    scale, codes = SCALES[question.scale], config.languages
    answers = [word for several in question.words.values() for word in several]
    longest, line = longest_em(answers), widest_em(answers)
    feet = 0.0 if further else languages_em(codes)
    form: Shape = "row"
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        head = _head_em(config, titles, panel, further)
        beside = 0.0 if plain.height > plain.width else beside_px(plain)
        form, most = shape(plain, scale.high - scale.low + 1, longest, feet, len(codes), head, beside=beside, line_em=line)
        if head and shrink <= most:
            break
    return form, panel


def _head_em(config: KioskConfig, titles: list[str], panel: Theme, further: bool) -> float:
    """All that is not the answers' own, with the spaces between, in font sizes of an answer; 0 where a word has no room."""
    wide, codes = panel.width - 2 * panel.margin, config.languages
    services = [said(one.name, code) for one in config.services for code in codes]
    links = [f"{texts(code).anonymous}  {texts(code).privacy}" for code in codes]
    office, about = _lines([said(config.office.name, code) for code in codes], wide, panel), _lines(services, wide, panel)
    link, asked = _lines(links, wide, panel), lines_of(titles, wide / panel.question, bold=True)
    if not asked or not link or not office:
        return 0.0
    top = 1.0 + (office if shows_office(panel) else 0.0) + (0.0 if is_terse(panel) else about)
    if not further:
        top = max(top, panel.target if len(config.services) > 1 and not is_low(panel) else 0.0)
        if not is_terse(panel):
            top += link + panel.space if is_low(panel) else max(link, panel.mm(LINK_MM)) + panel.gap
        top += foot_high(codes, panel) - panel.target
    return (top + panel.gap) / panel.body + asked * QUESTION * LINE_EM + SPACES_EM


def is_terse(panel: Theme) -> bool:
    """Whether larger letters take the room of the names and of the line on anonymity; its icon stays."""
    return panel.larger and is_low(panel)


def shows_office(panel: Theme) -> bool:
    """A low panel has no room for it; the citizen knows which house this is."""
    return not is_terse(panel) and not is_low(panel)


def _lines(several: list[str], wide: float, panel: Theme) -> float:
    """The height of the longest of these texts as a note."""
    return lines_of(several, wide / panel.note) * panel.note * LINE_EM
