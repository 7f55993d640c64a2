"""What a person chooses when a file comes in."""

from django import forms

from taizhang.imports.models import Batch
from taizhang.imports.sheet import Sheet
from taizhang.ledger.forms import DayField


class UploadForm(forms.Form):
    sheet = forms.ChoiceField(label="导入什么")
    file = forms.FileField(label="文件", help_text="xlsx、xls、ods、csv 或 tsv，最大 64 MB。")
    on = DayField(label="办理日期", help_text="没有填日期的内容从这一天起算。")

    def __init__(self, *args, sheets: dict[str, Sheet], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sheet"].choices = [(name, sheet.title) for name, sheet in sheets.items()]


class MappingForm(forms.Form):
    """One choice for each heading of each table: which column it is."""

    def __init__(self, *args, batch: Batch, sheet: Sheet, **kwargs):
        super().__init__(*args, **kwargs)
        choices = [("", "（不导入）")] + [(column.name, column.title) for column in sheet.columns]
        self.batch = batch
        for number, heading in enumerate(batch.headings):
            for column, title in enumerate(heading["titles"]):
                if title:
                    self.fields[f"column-{number}-{column}"] = forms.ChoiceField(
                        label=f"{heading['sheet']} {title}".strip(),
                        choices=choices,
                        required=False,
                        initial=heading["mapping"].get(str(column), ""),
                    )

    def clean(self):
        given = super().clean() or {}
        for number, heading in enumerate(self.batch.headings):
            names = [name for name in self._of(number, heading, given).values() if name]
            if len(names) > len(set(names)):
                raise forms.ValidationError("有两列对应到同一项，请只留一列。")
        return given

    def mapping(self) -> dict[str, dict[int, str]]:
        return {
            heading["sheet"]: self._of(number, heading, self.cleaned_data)
            for number, heading in enumerate(self.batch.headings)
        }

    def _of(self, number: int, heading: dict, given: dict) -> dict[int, str]:
        return {column: given.get(f"column-{number}-{column}", "") for column in range(len(heading["titles"]))}
