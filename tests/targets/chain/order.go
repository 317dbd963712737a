package main

// orders is how many numbers have a gRPC method of their own; larger ones start again at 0.
const orders = 20000

// order is the gRPC request, with the route of the SQL call.
type order struct {
	Number int   `json:"number"`
	Route  route `json:"route"`
}

// answer is the number that the database gave back.
type answer struct {
	Number int `json:"number"`
}
