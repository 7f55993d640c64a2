"""The list of batches."""

import django_filters

from taizhang.imports.models import State
from taizhang.kit.addresses import address_of
from taizhang.kit.lists import Column, Table

TABLE = Table(
    (
        Column("批次", "pk", sort="pk", link=address_of, style="number"),
        Column("内容", "title"),
        Column("文件", "file_name", link=address_of, style="wide"),
        Column("状态", lambda batch: batch.get_state_display()),
        Column("行数", "rows", style="number"),
        Column("已入账", lambda batch: 0 if batch.state == State.UNDONE else batch.accepted, style="number"),
        Column("无变化", "unchanged", style="number", aside=True),
        Column("有错误", "rejected", style="number"),
        Column("提醒", "warnings", style="number", aside=True),
        Column("单位", "unit__name", aside=True),
        Column("导入人", "by__name", aside=True),
        Column("上传时间", "received_at", sort="received_at"),
    ),
    sort="-pk",
)


class BatchFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="文件名", field_name="file_name", lookup_expr="contains")
    state = django_filters.ChoiceFilter(label="状态", choices=State.choices, empty_label="全部")
