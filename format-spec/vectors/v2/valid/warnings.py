'\d', b'\d', '\400', r'\d'
[0x1for x in y]
1if x else 2
f'\d{x}'
"\
\N{BULLET}"
