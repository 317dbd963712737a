// Its presence lets Go declare functions without a body (go:linkname).
