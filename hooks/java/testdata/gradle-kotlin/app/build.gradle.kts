plugins {
    kotlin("jvm") version "2.1.0"
    application
}

kotlin {
    jvmToolchain(17)
}

dependencies {
    implementation(project(":lib"))
    implementation("io.ktor:ktor-server-netty:3.0.0")
}

application {
    mainClass = "demo.AppKt"
}
