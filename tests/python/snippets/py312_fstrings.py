f'{a['b']}'
f'{f'{f'{x}'}'}'
f'{'\n'.join(x)}'
f'{x # comment
}'
f'''{
    x  # comment
    + y
}'''
f'{
x
}'
f'{x:{
y}}'
f'{x:{y:>{z}}}'
f'{"'"}' f"{'"'}"
f'{'a' 'b'}'
f'{x!r:{'>'}{10}}'
f"{x:%H:%M}"
f'{(lambda x: 1)}'
f'\N{DIGIT ONE}{x}\N{DIGIT TWO}'
f'{x:a{y}b{z}c}'
f'{x:{y}}{z:{w}}'
f'{x=:{y}}'
f'''{x:
{y}
}'''
