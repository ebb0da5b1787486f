"""The templates beside the code: plain text, where a name that is missing is an error."""

import jinja2


def template(name: str) -> jinja2.Template:
    """A template of `broker_config/templates`, without its `.j2`."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("broker_config"),
        autoescape=False,  # noqa: S701 - configuration files and Markdown, no page
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(f"{name}.j2")
