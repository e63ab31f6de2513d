# A workspace as a container of one machine's Docker: for a class room's server
# or a laptop. slot and startup.sh here are links to those above.
terraform {
  required_version = ">= 1.4"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.12.0"
    }
    docker = {
      source = "kreuzwerker/docker"
      # The first whose uploads have an owner.
      version = ">= 4.6.0"
    }
  }
}

variable "image" {
  type        = string
  description = "The workspace image, built from this repository's Dockerfile."
}

variable "docker_host" {
  type        = string
  default     = ""
  description = "Where Docker listens; empty is this machine's socket."
}

provider "docker" {
  host = var.docker_host == "" ? null : var.docker_host
}

data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}

# Enough for five small apps, their builds and a database.
data "coder_parameter" "memory" {
  name         = "MEMORY_GB"
  display_name = "Memory in GB"
  icon         = "/icon/memory.svg"
  type         = "number"
  default      = 4
  mutable      = true
  order        = 11
  validation {
    min = 2
    max = 64
  }
}

module "slot" {
  source         = "./slot"
  startup_script = file("${path.module}/startup.sh")
  preset = {
    (data.coder_parameter.memory.name) = "4"
  }
}

locals {
  name = "coder-${data.coder_workspace.me.id}"
}

resource "docker_volume" "home" {
  name = "${local.name}-home"
  lifecycle {
    # The apps' data is here.
    ignore_changes = all
  }
  labels {
    label = "coder.workspace_id"
    value = data.coder_workspace.me.id
  }
  labels {
    label = "coder.owner"
    value = data.coder_workspace_owner.me.name
  }
}

resource "docker_container" "workspace" {
  count    = data.coder_workspace.me.start_count
  image    = var.image
  name     = "${local.name}-${lower(data.coder_workspace.me.name)}"
  hostname = data.coder_workspace.me.name
  # A Coder on this machine is reached by another name from inside.
  entrypoint = ["sh", "-c", replace(module.slot.init_script, "/localhost|127\\.0\\.0\\.1/", "host.docker.internal")]
  env        = concat(["CODER_AGENT_TOKEN=${module.slot.agent_token}"], [for k, v in module.slot.environment : "${k}=${v}"])
  memory     = data.coder_parameter.memory.value * 1024
  # Time for the apps and the database to end in order.
  stop_timeout          = 60
  destroy_grace_seconds = 60
  init                  = true
  host {
    host = "host.docker.internal"
    ip   = "host-gateway"
  }
  volumes {
    container_path = "/home/coder"
    volume_name    = docker_volume.home.name
  }
  # As files: in the environment every process would have them.
  dynamic "upload" {
    for_each = toset(["admin-token", "coder-session"])
    content {
      file        = "/run/slot/${upload.key}"
      content     = module.slot.secrets[upload.key]
      permissions = "0400"
      owner       = "1000"
      group       = "1000"
    }
  }
  labels {
    label = "coder.workspace_id"
    value = data.coder_workspace.me.id
  }
}
