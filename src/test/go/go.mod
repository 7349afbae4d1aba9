module laincloud/registry

go 1.19
