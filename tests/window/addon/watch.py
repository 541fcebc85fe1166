"""What Anki's web pages say and ask for: errors of JavaScript, and requests to anywhere but Anki itself."""

from __future__ import annotations

from aqt.qt import QUrl, QWebEnginePage, QWebEngineUrlRequestInfo
from aqt.webview import AnkiWebPage, AuthInterceptor, _is_internal_url

_ERROR = QWebEnginePage.JavaScriptConsoleMessageLevel.ErrorMessageLevel
# What a page holds in itself, or Qt brings along.
_INSIDE = {"about", "blob", "data", "qrc"}


class Watch:
    """Listens in on every web page of Anki, and stops requests to the outside."""

    def __init__(self) -> None:
        self.errors: list[str] = []
        self.requests: list[str] = []
        say, intercept = AnkiWebPage.javaScriptConsoleMessage, AuthInterceptor.interceptRequest

        def say_and_note(page: AnkiWebPage, level: object, text: str, line: int, source: str) -> None:
            if level == _ERROR:
                self.errors.append(f"{text} ({QUrl(source).path()}:{line})")
            say(page, level, text, line, source)

        def intercept_and_note(interceptor: AuthInterceptor, request: QWebEngineUrlRequestInfo) -> None:
            url = request.requestUrl()
            if url.scheme() not in _INSIDE and not _is_internal_url(url):
                self.requests.append(url.toString())
                request.block(True)
            intercept(interceptor, request)

        AnkiWebPage.javaScriptConsoleMessage = say_and_note
        AuthInterceptor.interceptRequest = intercept_and_note

    def told(self) -> dict[str, list[str]]:
        """Return what was noted since the last time this was asked."""
        told = {"errors": self.errors, "requests": self.requests}
        self.errors, self.requests = [], []
        return told
