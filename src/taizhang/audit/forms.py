"""What is asked before something of the audit is opened, and what is answered."""

from django import forms


class AskForm(forms.Form):
    purpose = forms.CharField(
        label="用途",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="必填：为何要看，例如“核查2026年3月5日的误改”。请不要写姓名和号码",
    )


class DecideForm(forms.Form):
    granted = forms.ChoiceField(
        label="意见", choices=[("yes", "同意查看30分钟"), ("no", "不同意")], widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label="说明", required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2}), help_text="可不填"
    )

    def clean_granted(self):
        return self.cleaned_data["granted"] == "yes"
