//go:build mysql

package main

import _ "github.com/go-sql-driver/mysql"

func init() { drivers["mysql"] = standard("mysql") }
