# SPDX-License-Identifier: Apache-2.0
"""What the bot says about itself, by language: commands, name, description, short description, menu button."""

from dataclasses import dataclass, field
from typing import Any

from simulator.errors import bad_request

Json = dict[str, Any]

# ISO 639-1: the two-letter codes that language_code may have.
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu "
    "ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na "
    "nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu"
)
_LANGUAGES = frozenset(_CODES.split())
# setMyName, setMyDescription, setMyShortDescription
LIMITS = {"name": 64, "description": 512, "short_description": 120}


@dataclass(slots=True)
class Profile:
    """Texts by (what, language); commands by (scope, language). The language "" is everybody's."""

    texts: dict[tuple[str, str], str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[Json]] = field(default_factory=dict)
    menu_button: Json = field(default_factory=lambda: {"type": "commands"})


def language(args: Json) -> str:
    """The language_code of a call; CallError when it is not two letters of ISO 639-1."""
    code = str(args.get("language_code", ""))
    if code and code not in _LANGUAGES:
        raise bad_request("invalid language code specified")
    return code
