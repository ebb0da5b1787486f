"""Pure: a questionnaire as a kiosk would show it before it is published: on a real one, or on one that is made up."""

from broker_config.messages import ConfigOffice, KioskConfig, Questionnaire, config_id


def to_be_shown(config: KioskConfig, languages: list[str]) -> KioskConfig:
    """The configuration in those of its kiosk's languages that the questionnaire has; in all of these where there is none.

    The hash of the kiosk's service PIN stays out of it: commands are kept, and read by more people than may have that.
    """
    both = [language for language in config.languages if language in languages]
    display = {name: value for name, value in config.display.items() if name != "service_pin"}
    return _numbered(config.model_copy(update={"languages": both or languages, "display": display}))


def made_up(tried: Questionnaire, languages: list[str], office: str, size_dpi: int = 125) -> KioskConfig:
    """A kiosk that stands nowhere. `office`: the name on top of its screen."""
    config = KioskConfig(
        config="0-00000000",
        kiosk="preview",
        office=ConfigOffice(id="preview", name=dict.fromkeys(languages, office), timezone="Europe/Vilnius"),
        counter="",
        services=[],
        languages=languages,
        questionnaire=tried,
        display={"dpi": size_dpi},
    )
    return _numbered(config)


def _numbered(config: KioskConfig) -> KioskConfig:
    return config.model_copy(update={"config": config_id(0, config.model_dump(mode="json"))})
