package main

const service = "calls.Calls"

// request says what the server shall do with the call.
type request struct {
	// Do is "echo" (the default), "status" (fail with Code), "wait" (until the call's context ends) or "exit" (end the process).
	Do string `json:"do,omitempty"`
	// Code is the status that "status" fails with.
	Code uint32 `json:"code,omitempty"`
	// Messages is how many answers a server stream gets.
	Messages int `json:"messages,omitempty"`
	// Grow is how many frames deep the handler descends before it answers.
	Grow int `json:"grow,omitempty"`
	// Payload comes back in every answer.
	Payload string `json:"payload,omitempty"`
}

// response is one answer.
type response struct {
	// Messages is how many requests have come so far, or the number of this answer in a server stream.
	Messages int `json:"messages,omitempty"`
	// Payload is the request's.
	Payload string `json:"payload,omitempty"`
}
