"""Text as people see it: without the signs that show nothing and turn what stands around them."""

import re

_UNSEEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def plain(text: str) -> str:
    """What somebody typed or called a file, as it is kept.

    No controls, no zero-width signs, none that turn the direction of writing, no space around it.
    """
    return _UNSEEN.sub("", text).strip()
