/* html_style.c - what a report looks like, and the policy that lets in this and nothing else. */
#include "sla/render.h"

static const char css[] =
    ":root{color-scheme:light;--ink:#1c2530;--soft:#5b6672;--line:#d9dee4;--good:#1d6b57;"
    "--bad:#a3271f;--kept:#4f8fae;--paper:#fff}"
    "*{box-sizing:border-box}"
    "body{font:15px/1.5 system-ui,\"Segoe UI\",\"DejaVu Sans\",sans-serif;color:var(--ink);"
    "background:#eef1f4;margin:0}"
    "main{max-width:62rem;margin:2rem auto;background:var(--paper);padding:2.5rem 3rem;"
    "border-radius:6px;box-shadow:0 1px 6px #0002}"
    "h1{font-size:1.9rem;line-height:1.2;margin:0 0 .2rem}h2{font-size:1.25rem;margin:2.6rem 0 "
    ".8rem;"
    "padding-bottom:.3rem;border-bottom:2px solid var(--ink)}h3{font-size:1rem;margin:1.6rem 0 "
    ".2rem}"
    "p{margin:.4rem "
    "0}.month{font-size:1.15rem;margin:0}.meta,.foot,.basis,caption{color:var(--soft);"
    "font-size:.85rem}"
    ".draft,.note{border:2px solid var(--ink);border-left-width:.6rem;padding:.5rem "
    ".9rem;margin:1rem 0}"
    ".note{border-color:var(--line);border-left-color:var(--soft)}"
    ".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(16rem,1fr));gap:1rem;"
    "margin:1.2rem 0}"
    ".card{border:1px solid var(--line);border-top:.35rem solid var(--soft);border-radius:4px;"
    "padding:.8rem 1rem;break-inside:avoid}.card.met{border-top-color:var(--good)}"
    ".card.missed{border-top:.35rem double var(--bad)}"
    ".card b{display:block;font-size:1.9rem;line-height:1.25;font-variant-numeric:tabular-nums}"
    ".card .who{font-weight:600;overflow-wrap:anywhere}"
    ".mark{font-weight:600;white-space:nowrap}.mark.met{color:var(--good)}"
    ".mark.missed{color:var(--bad)}"
    "dl{display:grid;grid-template-columns:max-content 1fr;gap:.1rem 1rem;margin:.6rem 0 0;"
    "font-size:.9rem}dt{color:var(--soft)}dd{margin:0;overflow-wrap:anywhere}"
    "table{border-collapse:collapse;width:100%;font-size:.86rem;margin:.5rem 0 1rem;"
    "font-variant-numeric:tabular-nums}caption{text-align:left;padding-bottom:.2rem}"
    "th,td{text-align:left;vertical-align:top;padding:.28rem .55rem;border-bottom:1px solid "
    "var(--line);overflow-wrap:break-word}td.w{overflow-wrap:anywhere;min-width:7rem}thead "
    "th{border-bottom:1.5px solid var(--ink);"
    "font-size:.8rem;white-space:nowrap}tbody th{font-weight:500}.n{text-align:right;"
    "white-space:nowrap}.t{white-space:nowrap}"
    "figure{margin:1rem 0;break-inside:avoid}figcaption{color:var(--soft);font-size:.85rem}"
    ".chart{width:100%;height:auto;display:block}.chart text{font-size:11px;fill:var(--soft)}"
    ".chart .x,.chart .value{text-anchor:middle}.chart .y{text-anchor:end}"
    ".chart .value{fill:var(--ink);font-size:10px;paint-order:stroke;stroke:var(--paper);"
    "stroke-width:3px}.chart .name{fill:var(--ink);font-weight:600}"
    ".grid{stroke:var(--line)}.axis{stroke:var(--ink)}"
    ".objective{stroke:var(--ink);stroke-dasharray:5 3}rect.kept{fill:var(--kept)}"
    "rect.missed{fill:url(#hatch);stroke:var(--bad);stroke-width:1.2}"
    "rect.unseen{fill:none;stroke:var(--soft);stroke-dasharray:2 3}"
    ".lines path{fill:none;stroke:var(--ink);stroke-linecap:round;stroke-linejoin:round}"
    ".lines .p50{stroke-width:2.4;stroke:var(--kept)}.lines .p90{stroke-width:1.3}"
    ".lines .p95{stroke-width:1.5;stroke-dasharray:7 4}"
    ".lines .p99{stroke-width:1.7;stroke-dasharray:1.5 4;stroke:var(--bad)}"
    ".foot{margin-top:2.5rem;border-top:1px solid var(--line);padding-top:.6rem;"
    "overflow-wrap:anywhere}code{font-size:.95em}.defs{position:absolute}"
    "@media print{@page{margin:16mm 14mm}body{background:none;font-size:10.5pt}"
    "main{max-width:none;margin:0;padding:0;box-shadow:none}"
    "table{font-size:8.5pt;margin:.3rem 0 .6rem}th,td{padding:.12rem .45rem}h2{margin-top:1.6rem}"
    "h2,h3,caption{break-after:avoid}tr{break-inside:avoid}thead{display:table-header-group}"
    "section.slo{break-before:page}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}";

const char *render_html_style(void)
{
    return css;
}

/* A unit test reckons the hash again. */
const char *render_html_policy(void)
{
    return "default-src 'none'; style-src 'sha256-9GU0I0wtLnzYXgeQm9I9LMs697ghpDY7/VooNVsoW00='; "
           "base-uri 'none'; form-action 'none'";
}
