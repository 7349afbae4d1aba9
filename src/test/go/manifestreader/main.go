// Reads manifests as every client written in Go does: with encoding/json, into structs. For each line of standard input, a
// document in base64, it writes one line of JSON that tells what it read, or null if it refused the document.
package main

import (
	"bufio"
	"encoding/base64"
	"encoding/json"
	"os"
)

type descriptor struct {
	MediaType string   `json:"mediaType"`
	Digest    string   `json:"digest"`
	Size      int64    `json:"size"`
	URLs      []string `json:"urls,omitempty"`
}

// The fields of image manifest, image index and schema 1 together, as a client that does not know yet which it has.
type manifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	Subject       *descriptor       `json:"subject"`
	Annotations   map[string]string `json:"annotations"`
	FSLayers      []json.RawMessage `json:"fsLayers"`
}

func main() {
	documents := bufio.NewScanner(os.Stdin)
	documents.Buffer(nil, 64<<20)
	answers := bufio.NewWriter(os.Stdout)
	defer answers.Flush()
	for documents.Scan() {
		document, err := base64.StdEncoding.DecodeString(documents.Text())
		if err != nil {
			panic(err)
		}
		answers.WriteString(read(document))
		answers.WriteString("\n")
	}
}

func read(document []byte) string {
	var read *manifest
	if json.Unmarshal(document, &read) != nil {
		read = nil
	}
	answer, err := json.Marshal(read)
	if err != nil {
		panic(err)
	}
	return string(answer)
}
