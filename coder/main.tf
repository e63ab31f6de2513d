# A workspace on Kubernetes: one pod whose home is a volume that survives stops
# and rebuilds. What has nothing to do with Kubernetes is in slot/.
terraform {
  required_version = ">= 1.4"
  required_providers {
    coder = {
      source  = "coder/coder"
      version = ">= 2.12.0"
    }
    kubernetes = {
      source  = "hashicorp/kubernetes"
      version = ">= 2.0.0, < 3.0.0"
    }
  }
}

variable "namespace" {
  type        = string
  description = "The Kubernetes namespace of the workspaces. It must exist."
}

variable "image" {
  type        = string
  description = "The workspace image, built from this repository's Dockerfile."
}

variable "use_kubeconfig" {
  type        = bool
  default     = false
  description = "true: Coder runs outside the cluster and has a ~/.kube/config. false: it runs in the cluster."
}

variable "storage_class" {
  type        = string
  default     = ""
  description = "The storage class of the home volume; empty is the cluster's default."
}

provider "kubernetes" {
  config_path = var.use_kubeconfig ? "~/.kube/config" : null
}

data "coder_workspace" "me" {}
data "coder_workspace_owner" "me" {}

# Enough for five small apps, their builds and a database.
data "coder_parameter" "cpu" {
  name         = "CPU"
  display_name = "Cores"
  icon         = "/icon/memory.svg"
  type         = "number"
  default      = 2
  mutable      = true
  order        = 10
  validation {
    min = 1
    max = 16
  }
}

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

data "coder_parameter" "disk" {
  name         = "DISK_GB"
  display_name = "Home disk in GB"
  description  = "Holds releases, caches and the database. It cannot be changed later."
  icon         = "/icon/folder.svg"
  type         = "number"
  default      = 10
  mutable      = false
  order        = 12
  validation {
    min = 5
    max = 500
  }
}

module "slot" {
  source         = "./slot"
  startup_script = file("${path.module}/startup.sh")
  preset = {
    (data.coder_parameter.cpu.name)    = "2"
    (data.coder_parameter.memory.name) = "4"
    (data.coder_parameter.disk.name)   = "10"
  }
}

locals {
  name = "slot-${data.coder_workspace.me.id}"
  labels = {
    "app.kubernetes.io/name"       = "slot-workspace"
    "app.kubernetes.io/instance"   = local.name
    "app.kubernetes.io/managed-by" = "coder"
    "com.coder.workspace.id"       = data.coder_workspace.me.id
    "com.coder.workspace.name"     = data.coder_workspace.me.name
    "com.coder.user.username"      = data.coder_workspace_owner.me.name
  }
}

resource "kubernetes_persistent_volume_claim" "home" {
  metadata {
    name      = "${local.name}-home"
    namespace = var.namespace
    labels    = local.labels
  }
  # A volume may be made only when the pod is there to be placed.
  wait_until_bound = false
  spec {
    access_modes       = ["ReadWriteOnce"]
    storage_class_name = var.storage_class == "" ? null : var.storage_class
    resources {
      requests = {
        storage = "${data.coder_parameter.disk.value}Gi"
      }
    }
  }
  lifecycle {
    # The apps' data is here: a changed label or class must not replace it.
    ignore_changes = all
  }
}

# As files: in the environment every process would have them.
resource "kubernetes_secret" "slot" {
  metadata {
    name      = "${local.name}-slot"
    namespace = var.namespace
    labels    = local.labels
  }
  data = module.slot.secrets
}

resource "kubernetes_deployment" "workspace" {
  count            = data.coder_workspace.me.start_count
  wait_for_rollout = false
  metadata {
    name      = local.name
    namespace = var.namespace
    labels    = local.labels
  }
  spec {
    replicas = 1
    # The volume has one owner at a time.
    strategy {
      type = "Recreate"
    }
    selector {
      match_labels = {
        "app.kubernetes.io/instance" = local.name
      }
    }
    template {
      metadata {
        labels = local.labels
      }
      spec {
        # Time for the apps and the database to end in order.
        termination_grace_period_seconds = 60
        automount_service_account_token  = false
        security_context {
          run_as_user     = 1000
          run_as_group    = 1000
          fs_group        = 1000
          run_as_non_root = true
        }
        container {
          name              = "workspace"
          image             = var.image
          image_pull_policy = "IfNotPresent"
          command           = ["sh", "-c", module.slot.init_script]
          security_context {
            allow_privilege_escalation = false
          }
          env {
            name  = "CODER_AGENT_TOKEN"
            value = module.slot.agent_token
          }
          dynamic "env" {
            for_each = module.slot.environment
            content {
              name  = env.key
              value = env.value
            }
          }
          resources {
            requests = {
              cpu    = "250m"
              memory = "1Gi"
            }
            limits = {
              cpu    = data.coder_parameter.cpu.value
              memory = "${data.coder_parameter.memory.value}Gi"
            }
          }
          volume_mount {
            name       = "home"
            mount_path = "/home/coder"
          }
          volume_mount {
            name       = "slot"
            mount_path = "/run/slot"
            read_only  = true
          }
        }
        volume {
          name = "home"
          persistent_volume_claim {
            claim_name = kubernetes_persistent_volume_claim.home.metadata[0].name
          }
        }
        volume {
          name = "slot"
          secret {
            secret_name  = kubernetes_secret.slot.metadata[0].name
            default_mode = "0440"
          }
        }
      }
    }
  }
}

resource "coder_metadata" "home" {
  resource_id = kubernetes_persistent_volume_claim.home.id
  item {
    key   = "size"
    value = "${data.coder_parameter.disk.value} GB"
  }
}
