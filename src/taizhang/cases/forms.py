"""What a person writes or uploads beside a matter."""

from django import forms

from taizhang.cases.files import LARGEST, MEBIBYTE, TAKEN


class RemarkForm(forms.Form):
    text = forms.CharField(
        label="备注",
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="写下后不能改也不能删；看得到这件事项的人都看得到。",
    )


class UnitRemarkForm(RemarkForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["text"].help_text = "写下后不能改也不能删；有权看人员姓名的人才看得到，填报员看不到。"


class AttachForm(forms.Form):
    title = forms.CharField(label="是什么材料", max_length=60, help_text="如：成立请示、承诺书扫描件。")
    file = forms.FileField(label="文件", help_text=f"{TAKEN}，最大 {LARGEST // MEBIBYTE} MB。")

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > LARGEST:
            raise forms.ValidationError(f"文件超过 {LARGEST // MEBIBYTE} MB，请降低扫描分辨率，或分成几个文件。")
        return file


class WithdrawForm(forms.Form):
    why = forms.CharField(label="理由", max_length=200, help_text="必填。文件和撤下的记录都留着，附件加删除线。")
