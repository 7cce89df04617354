// Package listening is what both Go echo servers start with.
package listening

import (
	"flag"
	"fmt"
	"net"
)

// Address parses `--port N`; 0 means any free port.
func Address() string {
	port := flag.Int("port", 0, "the port, 0 for any")
	flag.Parse()
	return fmt.Sprintf("127.0.0.1:%d", *port)
}

// SayWhere prints the first line of every peer.
func SayWhere(address net.Addr) {
	fmt.Printf("listening on %s\n", address)
}
