x = 1if x:
    """ab"""
    y = 2# comment
z