// Package stack makes goroutines' stacks grow where a test wants it.
package stack

// Descend runs f below depth frames of its own, about 64 bytes each. On a fresh goroutine the stack then grows somewhere in f;
// with all depths up to 128 at every point of f, also at the first instruction of what it calls.
//
//go:noinline
func Descend(depth int, f func()) byte {
	var frame [24]byte
	frame[depth%len(frame)] = 1
	if depth == 0 {
		f()
		return frame[0]
	}
	return Descend(depth-1, f) + frame[depth%len(frame)]
}
