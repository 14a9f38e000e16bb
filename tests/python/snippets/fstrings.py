f''
f'' ''
'' f''
f'{x}'
f'a{x}b{y}c'
f'{x!r}{y!s}{z!a}'
f'{x:>10}'
f'{x:{y}}'
f'{x:{y}.{z}}'
f'{x!r:^{width}.{precision}}'
f'{x=}'
f'{x = }'
f'{x=!r}'
f'{x=:>5}'
f'{ x + y  =  !s:{w}}'
f'a{x=}b' 'c' f'{y=}'
f'{{}}'
f'{{{x}}}'
f'a{{b}}c{x}d'
f'{ {1: 2}[1] }'
f'{(lambda x: x)(1)}'
f'{lambda_ if a else b}'
f'{a, b}'
f'{*a, *b}'
f'{(yield)}'
f'{await_}'
f'{a["b"]}' f"{a['b']}"
f'{f"{x}"}'
f'{f"{x!r:>{y}}" + "z"}'
rf'\d{x}\n'
fR"\{x}"
f'\n{x}\t\x41\u00e9\N{DIGIT ONE}\''
f'é{ü}ß{x:é}'
'a' f'{x}' 'b' "c" f"d"
'a' 'b' f'c'
f'''
a {x}
  b {
    y
  } c
'''
f'''{x
+ y}'''
f"""{
x!r:>{
y}}"""
f'''{x:
}'''
f'a' \
  f'{b}' \
    'c'
(f'a{b}'
 'c'
 f'{d}e')
g(f'{x}', y=f'{z:{w}}')
f'{x:%Y-%m-%d}'
f'{x!s:}'
f'{x:}'
f'{x !r}'
f'{not x}{-x}{x.y[0](1)}'
f'{x if y else z}'
f'{[a for a in b if a]}{ {a for a in b} }{ {a: b for a in c} }'
f'{3.5}{1j}{0x10}{None}{...}{True}'
f'{x:=10}{(x:=10)}'
f'{a != b}{a == b}{a <= b}{a >= b}'
f'tab	{x}	tab'
