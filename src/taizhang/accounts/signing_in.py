"""What is kept of signing in: wrong tries, passwords that were used, and where somebody is signed in."""

from django.db import models
from django.db.models import Q


class Attempts(models.Model):
    """密码尝试: how often a password was wrong, for an account (by a digest of its name) or an address; until when it waits."""

    subject = models.CharField(max_length=80, primary_key=True)
    failures = models.IntegerField()
    since = models.DateTimeField()
    locked_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "密码尝试"

    def __str__(self):
        return self.subject


class UsedPassword(models.Model):
    """用过的密码: the hash of one that was replaced; only as many as the policy remembers."""

    PRIVILEGES = ("SELECT", "INSERT", "DELETE")

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    password = models.CharField(max_length=128)
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = "用过的密码"

    def __str__(self):
        return f"{self.user_id} {self.replaced_at:%Y-%m-%d}"


class SignInQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(user=user.pk)

    def standing(self):
        return self.filter(ended_at=None)


class SignIn(models.Model):
    """登录: somebody is signed in on one device, from when until when. Ending it ends the session on the next request."""

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    address = models.GenericIPAddressField("地址", null=True)
    agent = models.CharField("浏览器", max_length=200, blank=True)
    began_at = models.DateTimeField("登录时间")
    seen_at = models.DateTimeField("最近使用")
    ended_at = models.DateTimeField("退出时间", null=True)
    why = models.CharField("退出原因", max_length=20, blank=True, default="")

    objects = SignInQuerySet.as_manager()

    class Meta:
        verbose_name = "登录"
        constraints = [
            models.UniqueConstraint(fields=["key"], condition=Q(ended_at=None), name="accounts_signin_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-began_at"], condition=Q(ended_at=None), name="accounts_signin_standing")
        ]

    def __str__(self):
        return f"{self.began_at:%Y-%m-%d %H:%M} {self.address or ''}"

    @property
    def device(self) -> str:
        """In few words: which browser on what."""
        browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
        systems = (
            ("Windows", "Windows"),
            ("Android", "安卓"),
            ("iPhone", "iPhone"),
            ("Mac", "Mac"),
            ("Linux", "Linux"),
        )
        found = [next((called for sign, called in known if sign in self.agent), "") for known in (browsers, systems)]
        return " · ".join(filter(None, found)) or "未知设备"
