// Command teaching is the program that everybody traces first: an HTTP server whose handler computes e. Beside it there is a function for each kind of
// argument.
//
//	teaching [-listen ADDRESS]     serve; prints "listening on 127.0.0.1:PORT" when ready
//
// GET /e?iterations=N answers with computeE(N), GET /kinds?n=N calls the others. It compiles with every Go from 1.17 on, without a module (GO111MODULE=off).
package main

import (
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"strconv"
)

// order is passed by value and by pointer.
type order struct {
	id    int64
	name  string
	price float64
	next  *order
}

// computeE adds up 1/n!.
func computeE(iterations int64) float64 {
	sum, term := 1.0, 1.0
	for n := int64(1); n <= iterations; n++ {
		term /= float64(n)
		sum += term
	}
	return sum
}

//go:noinline
func greet(name string, times int, loud bool) (string, error) {
	if times < 0 {
		return "", errors.New("cannot greet " + strconv.Itoa(times) + " times")
	}
	text := ""
	for i := 0; i < times; i++ {
		text += "hello " + name + " "
	}
	if loud {
		text += "!"
	}
	return text, nil
}

//go:noinline
func count(data []byte, small int8, big uint64) int {
	total := int(small) + int(big&1)
	for _, b := range data {
		total += int(b)
	}
	return total
}

//go:noinline
func (o *order) total(quantity int32) int64 { return o.id * int64(quantity) }

//go:noinline
func place(o order, a, b, c, d, e, f int) int { return int(o.id) + a + b + c + d + e + f + len(o.name) }

//go:noinline
func depth(n int) int {
	if n <= 0 {
		return 0
	}
	return depth(n-1) + 1
}

func kinds(n int) string {
	text, err := greet("world", n, n > 1)
	o := order{id: int64(n), name: "coffee", price: 2.5, next: &order{id: 7, name: "milk"}}
	return fmt.Sprintln(text, err, count([]byte("abc"), int8(-n), 1<<63+uint64(n)), o.total(3), place(o, 1, 2, 3, 4, 5, 6), depth(n))
}

func number(r *http.Request, name string) int64 {
	value, err := strconv.ParseInt(r.URL.Query().Get(name), 10, 64)
	if err != nil {
		return 0
	}
	return value
}

func main() {
	listen := flag.String("listen", "127.0.0.1:0", "address to listen on")
	flag.Parse()
	http.HandleFunc("/e", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintln(w, computeE(number(r, "iterations")))
	})
	http.HandleFunc("/kinds", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, kinds(int(number(r, "n")))) })
	listener, err := net.Listen("tcp", *listen)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("listening on", listener.Addr())
	fmt.Fprintln(os.Stderr, http.Serve(listener, nil))
}
