"""Settings as a file or a command line gives them: checked by name and type, the nearest said of what is not known."""

from dataclasses import fields
from typing import Any

from ttd_workflows.emulator.names import nearest
from ttd_workflows.emulator.settings import Settings

_MAY_BE_NEGATIVE = {"seed"}


class WrongSetting(ValueError):
    """A setting that is not there, or cannot be so; ``name`` is the one."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.name = name


def checked_setting(name: str, value: Any) -> Any:
    """The value of a setting, in the type it has."""
    from pydantic import TypeAdapter, ValidationError

    kinds: dict[str, Any] = {field.name: field.type for field in fields(Settings)}
    if name not in kinds:
        raise WrongSetting(name, f"there is no setting {name!r}{nearest(name, kinds)}")
    try:
        if name == "users" and isinstance(value, list):
            value = Settings(users=tuple(value)).users  # these have names of their own
        right = TypeAdapter(kinds[name]).validate_python(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        raise WrongSetting(name, f"{name} cannot be {value!r}: {first['msg'].lower()}") from None
    except (TypeError, ValueError) as error:
        raise WrongSetting(name, f"{name} cannot be {value!r}: {error}") from None
    if _is_number(right) and name not in _MAY_BE_NEGATIVE and not right >= 0:
        raise WrongSetting(name, f"{name} cannot be {value!r}: it must not be negative")
    return right


def typed_setting(text: str) -> tuple[str, Any]:
    """``NAME=VALUE`` as somebody typed it; the value is read as YAML, or is the text where only a text will do."""
    from ttd_workflows.emulator.yaml_documents import NotYaml, load

    name, sign, typed = text.partition("=")
    name = name.strip().replace("-", "_")
    if not sign:
        raise WrongSetting(name, f"say what {name} shall be: {name}=VALUE")
    try:
        return name, checked_setting(name, load(typed))
    except (WrongSetting, NotYaml) as wrong:
        try:
            return name, checked_setting(name, typed)
        except WrongSetting as as_text:
            raise (wrong if isinstance(wrong, WrongSetting) else as_text) from None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
