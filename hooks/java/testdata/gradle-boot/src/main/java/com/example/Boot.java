package com.example;

public class Boot {
    public static void main(String[] args) {
        System.out.println("hello");
    }
}
