"""Names as people type or paste them into a form: what nobody sees in them is refused, what few can read is pointed out."""

import re
import unicodedata

from django import forms

from taizhang.kit.text import BLANK

PRIVATE_USE = re.compile("[\ue000-\uf8ff\ufffd\U000f0000-\U0010ffff]")
NUL = "\x00"  # Django says so itself
UNSEEN = "含有看不见的字符（{}），多为从网页或聊天中粘贴带入；请删去后重新填写"
SELDOM_READ = "“{}”含有造字或乱码字符，别的电脑上可能显示不出来；能用标准汉字的请更正。"


class NameField(forms.CharField):
    """Marks of direction, zero-width signs and control signs make two names that look the same: they are refused."""

    def clean(self, value):
        name = super().clean(value)
        unseen = sorted({f"U+{ord(each):04X}" for each in name if is_unseen(each)})
        if unseen:
            raise forms.ValidationError(UNSEEN.format("、".join(unseen)))
        return name

    def warning(self, name: str) -> str:
        """As an import warns: a person may really be called so."""
        return SELDOM_READ.format(name) if PRIVATE_USE.search(name) else ""


def is_unseen(character: str) -> bool:
    return character != NUL and (unicodedata.category(character) in ("Cc", "Cf", "Zl", "Zp") or character in BLANK)


def warnings_of(form: forms.Form) -> list[str]:
    """What is odd about the names of a form that was filled in rightly."""
    fields = [(field, form.cleaned_data.get(name)) for name, field in form.fields.items()]
    told = [field.warning(value) for field, value in fields if isinstance(field, NameField) and value]
    return [warning for warning in told if warning]
