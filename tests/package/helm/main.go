// Renders and lints a chart as the command helm does, by Helm's own library:
//
//	helm CHART VALUES
//
// prints {"objects": [...], "complaints": [text]} as JSON: what Kubernetes would
// be told, and what a strict lint says. The values are JSON, too.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"helm.sh/helm/v3/pkg/lint"
	"helm.sh/helm/v3/pkg/releaseutil"
	"sigs.k8s.io/yaml"
)

type result struct {
	Objects    []interface{} `json:"objects"`
	Complaints []string      `json:"complaints"`
}

func objectsOf(files map[string]string) ([]interface{}, error) {
	found := []interface{}{}
	for name, text := range files {
		if strings.HasSuffix(name, ".txt") {
			continue
		}
		for _, manifest := range releaseutil.SplitManifests(text) {
			var object interface{}
			if err := yaml.UnmarshalStrict([]byte(manifest), &object); err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			if object != nil {
				found = append(found, object)
			}
		}
	}
	return found, nil
}

func run(path, text string) (result, error) {
	var values map[string]interface{}
	if err := json.Unmarshal([]byte(text), &values); err != nil {
		return result{}, err
	}
	chart, err := loader.Load(path)
	if err != nil {
		return result{}, err
	}
	release := chartutil.ReleaseOptions{Name: "weir", Namespace: "chat", IsInstall: true}
	all, err := chartutil.ToRenderValues(chart, values, release, nil)
	if err != nil {
		return result{}, err
	}
	files, err := engine.Render(chart, all)
	if err != nil {
		return result{}, err
	}
	objects, err := objectsOf(files)
	if err != nil {
		return result{}, err
	}
	found := result{objects, []string{}}
	for _, x := range lint.All(path, values, "chat", true).Messages {
		found.Complaints = append(found.Complaints, x.Error())
	}
	return found, nil
}

func main() {
	found, err := run(os.Args[1], os.Args[2])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
