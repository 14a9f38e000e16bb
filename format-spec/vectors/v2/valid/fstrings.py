# What 3.11 and later versions see differently.
f''
f'text'
f'{a}'
f'{a!r}{b!s:>{width}}{c!a}{d:%Y-%m}{e:{f}{g}}'
f'{a=}', f'{a = !s}', f'x{ a + b = :>10}y'
'plain' f'{a}' "more" f'{b}'
(f'first {a.b(c)[d]}'
 'second' f'third {e}'
 f'fourth')
f'''
{a
} {b:{c
}}
    {d}'''
f'{a, b}' f'{ a, } {*c, d}'
x = (f'''{"""text
on lines""" + b}''' 'and'
     f'{f"inner {x}" + y}')
f"{{}}{a}}}"
f'{lambda_ if a else (lambda: 1)}{ {1: 2}[1] }{[x for x in y]}'
print(f"""a {f'''b {
c} d'''} e""" f"{g}")
f'{x:{y}text{z}}{w:é}é{v}'
