//go:build sqlite3

package main

import _ "github.com/mattn/go-sqlite3"

func init() { drivers["sqlite3"] = standard("sqlite3") }
