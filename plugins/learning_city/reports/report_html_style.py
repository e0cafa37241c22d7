"""The style of the report's page: as on paper, and readable on a telephone."""

STYLE = """
:root{--ink:#1f2933;--pale:#52606d;--blue:#1f4e79;--line:#c9d1d9;--warn:#b23a0a}
*{box-sizing:border-box}
body{margin:0 auto;max-width:72rem;padding:0 1.25rem 4rem;color:var(--ink);background:#fff;
font:1rem/1.7 "Times New Roman","Songti SC","SimSun","Noto Serif CJK SC",serif}
h1,h2,h3,caption,th,figcaption,.tiles p,.series{font-family:"Heiti SC","SimHei","Noto Sans CJK SC",sans-serif;font-weight:500}
h1{font-size:1.9rem;line-height:1.3;margin:.3rem 0}
h2{font-size:1.35rem;color:var(--blue);margin:2.5rem 0 .6rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h2,h3{scroll-margin-top:3.2rem}
h3{font-size:1.12rem;color:var(--blue);margin:1.8rem 0 .4rem}
[lang=en]{font:400 .8em/1.4 "Times New Roman",serif;color:var(--pale)}
h1 [lang=en]{display:block;font-size:.55em}th [lang=en]{display:block;font-size:.85em}
header{padding:2rem 0 1rem}.series{color:var(--blue);margin:0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:1rem 0;font-size:.92rem}
dt{color:var(--pale)}dd{margin:0;overflow-wrap:anywhere}
nav ol{columns:18rem;list-style:none;padding:.8rem 1rem;margin:0;background:#f4f6f9}
a{color:var(--blue)}nav a{display:inline-block;padding:.2rem 0}
.banner{position:sticky;top:0;z-index:1;margin:0 -1.25rem;padding:.4rem 1.25rem;background:#fbe3d6;color:#8a2c06;font-size:.88rem;line-height:1.4}
main p.body{text-indent:2em;margin:.5rem 0}
p.office{text-indent:2em;font-family:"Kaiti SC","KaiTi",serif;border-left:3px solid var(--blue);padding-left:.8rem}
p.note{font-size:.86rem;color:var(--pale);margin:.3rem 0 1rem}
.scroll{overflow-x:auto}.scroll:focus-visible{outline:2px solid var(--blue)}
table{border-collapse:collapse;width:100%;margin:1rem 0 .4rem;font-size:.88rem;line-height:1.45;
border-top:2px solid var(--ink);border-bottom:2px solid var(--ink)}
caption{padding:.2rem 0;font-size:.95rem}caption small{float:right;color:var(--pale)}
th,td{padding:.28rem .35rem;text-align:left;vertical-align:middle;border-bottom:1px solid var(--line);overflow-wrap:anywhere}
thead th{background:#e9eef4;border-bottom:1px solid var(--ink);text-align:center;overflow-wrap:normal}
tr.group th{background:#f4f6f9}tbody tr:last-child td{border-bottom:0}
td.right{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}td.center{text-align:center}
td.sample{font-style:italic;color:var(--pale)}td.missing{color:var(--warn)}td small{display:block;color:var(--warn);font-style:normal}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(12rem,1fr));gap:0 1.5rem;margin:1rem 0;padding:.5rem 0;
border-top:2px solid var(--blue);border-bottom:1px solid var(--line)}
.tiles p{margin:0;color:var(--ink)}.tiles p:first-child{color:var(--blue)}.tiles strong{font:400 2rem "Times New Roman",serif}
.tiles small{color:var(--pale)}
figure{margin:1.5rem 0}figure svg{display:block;width:100%;min-width:34rem;max-width:56rem;height:auto;margin:0 auto}
figcaption{text-align:center;font-size:.92rem}
@media(max-width:40rem){caption{text-align:left}caption small{float:none;display:block}nav ol{columns:9rem}}
@media print{.banner{position:static}nav{display:none}tr,figure{break-inside:avoid}thead{display:table-header-group}body{max-width:none;font-size:10pt}}
"""
