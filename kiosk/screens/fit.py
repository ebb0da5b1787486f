"""The rating screen's letters measured: the shape of its answers, and a theme in which all of its texts have their room."""

from dataclasses import replace

from broker_config.messages import SCALES, KioskConfig, Question
from kiosk.fitting import Shape, shape
from kiosk.letters import longest_em
from kiosk.screens.languages import foot_em
from kiosk.screens.tiles import LINE_EM, lines_of
from kiosk.texts import said, texts
from kiosk.theme import NOTE, QUESTION, Theme

SPACES_EM = 1.6
SHRINKS = tuple(n / 100 for n in range(100, 25, -2))


def fitted(config: KioskConfig, question: Question, plain: Theme) -> tuple[Shape, Theme]:
    """The largest letters that leave the answers their room, for all languages at once: changing one moves nothing."""
    scale, codes = SCALES[question.scale], config.languages
    longest = longest_em(word for several in question.words.values() for word in several)
    form: Shape = "row"
    for shrink in SHRINKS:
        panel = replace(plain, shrink=shrink)
        head = _head_em(config, question, panel)
        form, most = shape(plain, scale.high - scale.low + 1, longest, foot_em(codes), len(codes), head)
        if head and shrink <= most:
            break
    return form, panel


def _head_em(config: KioskConfig, question: Question, panel: Theme) -> float:
    """All lines but the answers' own with the spaces between them, in font sizes of an answer; 0 where a word has no room."""
    wide, codes = panel.width - 2 * panel.margin, config.languages
    services = [said(one.name, code) for one in config.services for code in codes]
    notes = [[said(config.office.name, code) for code in codes], services, [texts(code).anonymous for code in codes]]
    small = [lines_of(several, wide / panel.note) for several in notes if several]
    asked = lines_of([said(question.text, code) for code in codes], wide / panel.question, bold=True)
    return (sum(small) * NOTE + asked * QUESTION) * LINE_EM + SPACES_EM if asked and all(small) else 0.0
