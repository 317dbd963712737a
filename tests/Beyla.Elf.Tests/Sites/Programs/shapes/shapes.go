// Functions of many shapes, for the tests of probe sites. Each shape returns a pointer as its first result, and main calls each a known number of times
// (given by the name: shapeNN is called NN times), ways out included.
package main

type node struct {
	next  *node
	value int
}

type failure struct{ reason string }

func (f *failure) Error() string { return f.reason }

var (
	sink   *node
	fail   = &failure{"no"}
	filler [4096]byte
)

// Without a frame, straight through.
//
//go:noinline
func shape10Frameless(n *node) *node { return n }

// Without a frame, with a loop whose head may be the entry.
//
//go:noinline
func shape11LoopAtEntry(n *node, steps int) *node {
	for steps > 0 {
		n = n.next
		steps--
	}
	return n
}

// A write barrier right before the return: net/http.(*Transport).roundTrip ends so.
//
//go:noinline
func shape12Barrier(n, next *node) (*node, error) {
	if n == nil {
		return nil, fail
	}
	touch(n)
	n.next = next
	return n, nil
}

// An open-coded defer that captures the error, results by name.
//
//go:noinline
func shape13Defer(n, next *node) (result *node, err error) {
	defer func() {
		if err != nil {
			touch(n)
		}
	}()
	touch(n)
	if n.value < 0 {
		return nil, fail
	}
	n.next = next
	return n, nil
}

// A deferred function that changes the result.
//
//go:noinline
func shape14DeferChanges(n *node) (result *node) {
	defer func() { result = n.next }()
	touch(n)
	return n
}

// Panics and recovers on every second call.
//
//go:noinline
func shape15Recovers(n *node, explode bool) (result *node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fail
		}
	}()
	result = n
	touch(n)
	if explode {
		panic("boom")
	}
	return n.next, nil
}

// A defer in a loop: runtime.deferreturn at every return.
//
//go:noinline
func shape16DeferLoop(n *node, count int) *node {
	for i := 0; i < count; i++ {
		defer touch(n)
	}
	if n.value == 1 {
		return n
	}
	return n.next
}

// A frame of several pages: large-frame stack check, and the stack grows right here.
//
//go:noinline
func shape17BigFrame(n *node) *node {
	var big [8192]byte
	copy(big[:], filler[:])
	n.value += int(big[n.value&8191])
	touch(n)
	return n
}

// Recursion: every level returns once.
//
//go:noinline
func shape18Recursive(n *node, depth int) *node {
	if depth == 0 {
		return n
	}
	m := shape18Recursive(n, depth-1)
	touch(m)
	return m
}

// A jump table.
//
//go:noinline
func shape19Switch(n *node, way int) *node {
	switch way {
	case 0:
		return n
	case 1:
		return n.next
	case 2:
		touch(n)
		return n
	case 3:
		return sink
	case 4:
		return n.next.next
	case 5:
		touch(n.next)
		return n.next
	case 6:
		return nil
	case 7:
		sink = n
		return n
	case 8:
		return n
	}
	return nil
}

// Many ways into one end.
//
//go:noinline
func shape20Join(n *node, way int) *node {
	m := n
	if way > 3 {
		touch(n)
		m = n.next
	} else if way > 2 {
		m = sink
	} else if way > 1 {
		touch(n)
		touch(n)
	}
	sink = m
	return m
}

//go:noinline
func touch(n *node) { n.value++ }

type outer struct{ *inner }
type inner struct{ value int }

//go:noinline
func (i *inner) shape21Wrapped(n *node) *node { touch(n); return n }

type wrapped interface{ shape21Wrapped(n *node) *node }

func main() {
	last := &node{value: 3}
	last.next = last
	n := &node{next: last, value: 1}
	for i := 0; i < 21; i++ {
		if i < 10 {
			shape10Frameless(n)
		}
		if i < 11 {
			shape11LoopAtEntry(n, i)
		}
		if i < 12 {
			if i%3 == 0 {
				shape12Barrier(nil, n)
			} else {
				shape12Barrier(&node{}, n)
			}
		}
		if i < 13 {
			shape13Defer(&node{value: i%2 - 1}, n)
		}
		if i < 14 {
			shape14DeferChanges(n)
		}
		if i < 15 {
			shape15Recovers(n, i%2 == 0)
		}
		if i < 16 {
			shape16DeferLoop(n, i)
		}
		if i < 17 {
			done := make(chan bool)
			go func() { // a new goroutine has a small stack
				shape17BigFrame(&node{next: last})
				done <- true
			}()
			<-done
		}
		if i < 1 {
			done := make(chan bool)
			go func() {
				shape18Recursive(n, 17)
				done <- true
			}()
			<-done
		}
		if i < 19 {
			shape19Switch(n, i%10)
		}
		if i < 20 {
			shape20Join(n, i%6)
		}
		var w wrapped = outer{&inner{}}
		w.shape21Wrapped(n)
	}
}
