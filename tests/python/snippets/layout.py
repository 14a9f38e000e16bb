#!/usr/bin/python
# -*- coding: utf-8 -*-
'''Doc.'''  ;  x = 1  # comment


if True:
	tab = 1
	if tab:
		deeper = 2
	else:  
	    mixed = 3
if True:  # comment
        # other indentation of a comment
    # and another
    x = 1
  # and less

    y = 2

x = 1
x = (1,
# comment in brackets
     2,

     3)
x = 1 + \
    2 + \
  3
if a and \
   b:
    pass
x = [
  1
, 2
]
    # indented comment between statements
def f(
  ):
    # only a comment before
    pass
    # and after
class A:

    x = 1

    # comment

    def f(self): return (
        1)

    y = 2
é = 'é'; ü = é; x = 'é' + y.é
日本 = '日本'; f(日本, x)
ﬁ = 1; 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 = 2; ª = 3; x.ﬁ; f(ﬁ=1)
if x: pass;
while x: break;
for x in y: a; b; c;
class B: a = 1; b = 2;
def g(): return;
x = '''
	tabs	and
   spaces
'''; y = 1
x = {  # comment
    'a': 1,  # comment
    # comment
    **b,
}
if x:
    pass
# between if and else
else:
    pass
try: pass
# between try and finally

finally: pass
x = 1 ; 
	
# trailing comment without a line end
