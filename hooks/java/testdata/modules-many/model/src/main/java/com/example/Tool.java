package com.example;

public class Tool {
    public static void main(String[] args) {
        System.out.println("hello");
    }
}
