package demo

fun main() {
    println("hello")
}
