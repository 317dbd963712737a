//go:build modernc

package main

import _ "modernc.org/sqlite"

func init() { drivers["modernc"] = standard("sqlite") }
