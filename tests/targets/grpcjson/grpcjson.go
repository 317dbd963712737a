// Package grpcjson lets gRPC programs do without generated code: messages are JSON, the content type is application/grpc+json.
package grpcjson

import (
	"encoding/json"

	"google.golang.org/grpc"
	"google.golang.org/grpc/encoding"
)

// Option makes a call use JSON. Servers choose by the content type.
var Option = grpc.CallContentSubtype("json")

type codec struct{}

func (codec) Name() string                                   { return "json" }
func (codec) Marshal(value interface{}) ([]byte, error)      { return json.Marshal(value) }
func (codec) Unmarshal(data []byte, value interface{}) error { return json.Unmarshal(data, value) }

func init() { encoding.RegisterCodec(codec{}) }
