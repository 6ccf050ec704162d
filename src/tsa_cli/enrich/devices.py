"""
The device type of a human's user agent: mobile, tablet, desktop, tv, console or unknown.

The rules are tried in order, because each later word also occurs in agents of the earlier kinds:
a television says Android, a tablet says Mobile Safari, a console says Windows.
An iPad that asks for desktop sites (the default since iPadOS 13) calls itself a Macintosh and
counts as desktop: nothing in the agent tells them apart.
"""

import polars as pl

_TELEVISION = (
    r"smart-?tv|smarthub|hbbtv|apple ?tv|google ?tv|android ?tv|\btvos\b|netcast|web0s|webos\.tv"
    r"|\bbravia\b|\baft[a-z]{1,5}\d{0,2}\b|\bcrkey\b|\broku|viera|tizen[^)]*\btv\b|\btv safari"
    r"|philipstv|opera tv|ce-html|inettvbrowser|vidaa|\bmi ?tv|mibox|shield android|chromecast"
    r"|\btv build|bluray|dlnadoc|\bmaple\b|espial|\b(?:dtv|hdtv|uhd)\b|\bstb\b"
)
_CONSOLE = r"playstation|xbox|nintendo|\bpsp\b"
_HEADSET = r"oculusbrowser|\bquest \d|\bvr safari|\bpico \d|visionos"
_TABLET = (
    r"\bipad|\btablet\b|kindle|\bsilk\b|playbook|nexus (?:7|9|10)\b|\bpixel (?:c|tablet)\b"
    r"|\b(?:sm-[tx]|gt-p|shv-e23|gt-n[58])\d|\bkf[a-z]{2,5}\b|lenovo (?:tb|yt|tab)|\btb-?\w?\d{3,4}"
    r"|\btab\b|mediapad|matepad|\bxoom\b|touchpad|transformer|iconia"
    r"|\b(?:mi|redmi|xiaomi|oppo|oneplus) pad|\bpad \d|\bgalaxy tab"
)
_PHONE = (
    r"iphone|ipod|windows phone|iemobile|blackberry|\bbb10\b|opera m(?:ini|obi)|symbian"
    r"|series ?[46]0|\bj2me|midp|kaios|\bnokia|fennec|webos|palm|\bbada\b|maemo|meego|ucweb"
    r"|up\.browser|watch ?os|apple ?watch|obigo|\bmobile\b|\bphone\b|dalvik|harmonyos"
)
_DESKTOP = (
    r"windows nt|windows \d|win(?:98|95|32|64)|macintosh|mac ?os ?x|\bcros\b|x11|linux"
    r"|freebsd|openbsd"
)
_PHONE_SYSTEMS = ("iOS", "watchOS", "KaiOS", "Windows Phone", "BlackBerry OS")
_DESKTOP_SYSTEMS = ("Windows", "Mac OS X", "Linux", "Chrome OS", "Ubuntu", "Fedora")


def device_types(agents: pl.Series, systems: pl.Series) -> pl.Series:
    """mobile, tablet, desktop, tv, console or unknown each; `systems` are the parsed families."""
    text, system = pl.col("agent"), pl.col("system")
    # "Tablet PC 2.0" is a component of Internet Explorer on ordinary Windows machines
    agent = agents.fill_null("").str.to_lowercase().str.replace_all("tablet pc", "", literal=True)
    frame = pl.DataFrame({"agent": agent, "system": systems.fill_null("")})
    is_android = text.str.contains("android", literal=True) | (system == "Android")
    is_phone = text.str.contains(_PHONE)
    kind = (
        pl.when(text.str.contains(_CONSOLE))
        .then(pl.lit("console"))
        .when(text.str.contains(_TELEVISION))
        .then(pl.lit("tv"))
        .when(text.str.contains(_HEADSET))
        .then(pl.lit("unknown"))
        .when(text.str.contains(_TABLET))
        .then(pl.lit("tablet"))
        # Google's advice to makers: a phone's browser says Mobile, a tablet's does not
        .when(is_android & ~is_phone)
        .then(pl.lit("tablet"))
        .when(is_phone | system.is_in(_PHONE_SYSTEMS))
        .then(pl.lit("mobile"))
        .when(text.str.contains(_DESKTOP) | system.is_in(_DESKTOP_SYSTEMS))
        .then(pl.lit("desktop"))
        .otherwise(pl.lit("unknown"))
    )
    return frame.select(kind.alias("device_type")).to_series()
