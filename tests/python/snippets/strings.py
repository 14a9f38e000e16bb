'''Doc.'''
''
'a' 'b'
'a' "b" '''c''' """d"""
u'a'
u'a' 'b'
'a' u'b'
U'a'
U'a' u'b'
b'a' B'b'
b'\x00\xff\'\"\\\n\
x'
rb'\d' Rb'\n' bR'\x' RB'\''
r'\d' R'\n'
'\a\b\f\n\r\t\v\\\'\"\0\7\77\377\x41\u00e9\U0001f600\N{LATIN SMALL LETTER E WITH ACUTE}'
'a\
b'
'''a
b\
c
'''
'é' 'ü' '日本' '😀'
'\ud800' '\udfff' '\ud83d\ude00'
('a'
 'b'  # comment
 'c')
x = 'a' \
    'b'
"it's" 'say "x"'
'tab	inside'
'nel…' '\x85' '\u2028'
f(u'x', 'y')
[u'x', 'x', b'x']
